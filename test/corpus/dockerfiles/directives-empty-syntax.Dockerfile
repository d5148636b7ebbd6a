# syntax=
# escape=`
FROM a
RUN x \
 y
