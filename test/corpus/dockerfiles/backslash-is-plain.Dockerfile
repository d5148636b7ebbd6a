# escape=`
FROM a
COPY x C:\
WORKDIR C:\app\
ENV A=b\ C=d` e
