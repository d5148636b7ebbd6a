# escape=`
# ESCAPE=\
FROM a
