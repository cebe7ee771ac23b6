# The image of a program that runs in clusters: one static binary, nothing else.
#
#   docker build --target flare-webhook --tag registry.example.org/flare-webhook:v0.1.0 .
#   docker build --target flare-kit --tag registry.example.org/flare-kit:v0.1.0 .
ARG GO=1.26
FROM golang:${GO} AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o /out/ ./cmd/...

FROM scratch AS flare-webhook
COPY --from=build /out/flare-webhook /flare-webhook
USER 65532:65532
ENTRYPOINT ["/flare-webhook"]

FROM scratch AS flare-kit
COPY --from=build /out/flare-kit /flare-kit
USER 65532:65532
ENTRYPOINT ["/flare-kit"]
