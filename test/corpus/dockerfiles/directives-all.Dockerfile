# syntax=docker/dockerfile:1
# check=error=true
# escape=`
FROM a
RUN one `
  two
RUN dir c:\
USER 1
