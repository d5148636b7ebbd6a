# escape=`
FROM a
ENV A=b` c B="d`"e" C=\ D=1
