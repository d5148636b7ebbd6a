FROM debian:trixie-slim
RUN --mount=type=tmpfs,target=/t -- --not-a-flag x
RUN -x --y
RUN --network=no\ne echo "--quoted"
RUN --
RUN --mount=type=cache,target=/x\
,id=a echo
