FROM debian:trixie-slim
RUN echo "<<EOF"
RUN echo '<<EOF'
RUN echo "a 'b' <<EOF"
RUN echo \"<<EOF\"
USER 1
