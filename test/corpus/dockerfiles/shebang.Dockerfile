#!/usr/bin/env docker
# escape=`
FROM a
RUN x \
 y
