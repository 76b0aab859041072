# The collector and the enricher. Build: docker build -t goflow2plus .
FROM node:22-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json tsconfig.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tools/bundle.mjs tools/programs.mjs ./tools/
COPY src ./src
RUN npm run build && npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:22-bookworm-slim
WORKDIR /app
COPY --from=build /src/node_modules ./node_modules
COPY --from=build /src/dist ./dist
COPY --from=build /src/programs ./programs
COPY package.json LICENSE ./
COPY bin ./bin
COPY data ./data
COPY pb ./pb
COPY cmd ./cmd
# Nothing is written but what -transport.file and -templates.json.path name: run it with --read-only and a volume for these.
USER node
EXPOSE 6343/udp 2055/udp 8080/tcp
HEALTHCHECK --interval=10s --timeout=5s --start-period=5s CMD ["/app/bin/goflow2plus", "health"]
ENTRYPOINT ["/app/bin/goflow2plus"]
