#!/bin/sh
# Asks the registry for the digest of every pinned image: prints what differs and ends with 1; --write writes the
# registry's digests into the files. Needs docker with buildx, and the network.
set -eu
cd "$(dirname "$0")/../.."
differ=0
files=$(grep -rlE '[a-z]:[A-Za-z0-9._-]+@sha256:' deploy --include='*.yaml' --include=Dockerfile)
for pin in $(grep -hoE '[a-z][a-z0-9./-]*:[A-Za-z0-9._-]+@sha256:[0-9a-f]{64}' $files | sort -u); do
    now=${pin%@*}@$(docker buildx imagetools inspect "${pin%@*}" --format '{{.Manifest.Digest}}')
    [ "$now" = "$pin" ] && continue
    echo "$pin is now $now"
    differ=1
    [ "${1:-}" = --write ] && sed -i "s|$pin|$now|g" $files
done
exit $differ
