# A note first.
# escape=`
FROM a
RUN one `
RUN two
