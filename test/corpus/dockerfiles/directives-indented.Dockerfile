   # escape=`
	#syntax=a
FROM a
RUN x `
 y
