# syn-tax=a
# escape=`
FROM a
RUN x \
 y
