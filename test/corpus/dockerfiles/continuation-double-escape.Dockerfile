FROM debian:trixie-slim
RUN echo \\
RUN echo two\\   
RUN echo three \\\
RUN four
