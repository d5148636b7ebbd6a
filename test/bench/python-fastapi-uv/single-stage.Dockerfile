FROM python:3.13
WORKDIR /app
RUN pip install uv
COPY . .
RUN uv sync --locked --no-dev
EXPOSE 8000
CMD ["uv", "run", "--no-dev", "uvicorn", "app.main:app", "--host", "0.0.0.0", "--port", "8000"]
