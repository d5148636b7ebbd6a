FROM debian:trixie-slim
LABEL name="Ünïcödé 🐳" "日本"=語
RUN echo "naïve — “quotes”" \
  && echo 🐳\
🐳
ENV Ä=ö
# комментарий
USER 1
