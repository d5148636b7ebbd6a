FROM debian:trixie-slim
RUNecho one
RUNecho two
 RUN echo three 
USER 1
 

EXPOSE 1   2
