# check = skip=JSONArgsRecommended;error=true  
# syntax  =  docker.io/docker/dockerfile:1 extra words
FROM a
