# top
#
   # indented
FROM a # not a comment
RUN x # nor this
#USER 0
 #USER 0
	#USER 0
USER 1
# end