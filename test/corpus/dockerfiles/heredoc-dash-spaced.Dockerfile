FROM debian:trixie-slim
RUN cat <<- EOF
RUN echo EOF
USER 1
