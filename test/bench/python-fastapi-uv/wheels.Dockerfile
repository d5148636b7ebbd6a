FROM python:3.13 AS build
WORKDIR /build
RUN pip install uv
COPY pyproject.toml uv.lock ./
RUN uv export --locked --no-dev --no-emit-project --output-file requirements.txt
RUN pip wheel --no-cache-dir --wheel-dir /wheels --requirement requirements.txt

FROM python:3.13-slim
ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
WORKDIR /app
COPY --from=build /wheels /wheels
COPY --from=build /build/requirements.txt .
RUN pip install --no-cache-dir --no-index --find-links=/wheels --requirement requirements.txt
COPY . .
RUN useradd --create-home app
USER app
EXPOSE 8000
CMD ["uvicorn", "app.main:app", "--host", "0.0.0.0", "--port", "8000"]
