FROM debian:trixie-slim
ENV A="x\"y" B='x\' C="$A's" D=""
ENV E="open F=1
ENV G=a"b c"d
