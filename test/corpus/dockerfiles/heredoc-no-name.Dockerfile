FROM debian:trixie-slim
RUN echo <<
RUN echo <<-
RUN echo <<""
RUN echo a << 
USER 1
