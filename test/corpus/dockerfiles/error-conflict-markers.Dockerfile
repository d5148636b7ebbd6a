FROM debian:trixie-slim
<<<<<<< yours
USER 1
=======
USER 2
>>>>>>> template
