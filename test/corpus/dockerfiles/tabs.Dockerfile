FROM	debian:trixie-slim	AS	base
	RUN	echo	one	
 	 USER	1	 
