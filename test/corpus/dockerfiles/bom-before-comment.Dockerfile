# note
FROM a
