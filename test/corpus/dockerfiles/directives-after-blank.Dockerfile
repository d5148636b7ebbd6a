
# syntax=docker/dockerfile:1
# escape=`
FROM a
RUN one `
RUN two \
  three
