FROM debian:trixie-slim
RUN one \   
  && two \	 
  && three
