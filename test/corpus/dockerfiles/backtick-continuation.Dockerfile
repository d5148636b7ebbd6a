# escape=`
FROM a
RUN one ``
RUN two ` 
  three
RUN echo `date`
  four
USER 1
