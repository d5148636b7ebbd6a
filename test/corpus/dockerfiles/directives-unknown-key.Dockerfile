# frobnicate=yes
# escape=`
FROM a
RUN one \
 two
