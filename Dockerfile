# One static file on an empty base: no shell, no package manager, and nothing to
# patch except breachbot itself. Time zones are inside the binary.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download && go mod verify
COPY . .
ARG COMMIT=""
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "-s -w -X main.imageCommit=${COMMIT}" \
      -o /out/breachbot ./cmd/breachbot \
 && mkdir -m 0700 /out/data && mkdir -m 1777 /out/tmp

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/breachbot /breachbot
# The embedded store, when DATABASE_URL is not set, and room for it to sort in.
COPY --from=build --chown=65532:65532 /out/data /data
COPY --from=build --chown=65532:65532 /out/tmp /tmp
# A number, so that a cluster can see that it is not root.
USER 65532:65532
ENV BREACHBOT_DATA=/data
VOLUME /data
# /readyz on the container's own loopback, which is where it listens by default.
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 CMD ["/breachbot", "health"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/breachbot"]
CMD ["serve"]
