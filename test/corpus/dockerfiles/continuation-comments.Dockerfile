FROM debian:trixie-slim
RUN one \
  # why

  && two \  
# at the margin
	# with a tab
  && three
USER 1
