FROM oven/bun:1.4
WORKDIR /app
COPY package.json bun.lock ./
RUN bun install
COPY . .
EXPOSE 3000
ENTRYPOINT ["bun", "run", "start"]
