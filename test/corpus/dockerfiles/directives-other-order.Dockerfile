#escape = \
#  CHECK =skip=all
# Syntax=docker/dockerfile:1.7-labs   
FROM a
RUN one \
  two
