# a

# syntax=b
  # c