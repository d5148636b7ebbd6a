

  
	
FROM a


# a

# b
USER 1


  # end

