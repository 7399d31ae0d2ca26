#!/bin/sh
# Carries the images to a server without a network: ./images.sh save FILE there, ./images.sh load FILE here.
# A loaded image has its tag but not its digest, so `load` takes the digests out of the files; the archive's own
# checksum, FILE.sha256, stands for them.
set -eu
if [ $# -ne 2 ]; then
    echo "usage: $0 save|load FILE" >&2
    exit 2
fi
file=$(realpath "$2")
cd "$(dirname "$0")"
case $1 in
    save)
        docker compose -f compose.yaml -f compose.cluster.yaml --profile tools build
        images=$(docker compose -f compose.yaml -f compose.cluster.yaml --profile tools config --images | sort -u)
        tags=
        for image in $images; do
            tags="$tags ${image%@*}"
            [ "$image" = "${image%@*}" ] && continue
            docker pull "$image"
            docker tag "$image" "${image%@*}"
        done
        # shellcheck disable=SC2086 # several words, on purpose
        docker save --output "$file" $tags
        sha256sum "$file" > "$file.sha256"
        ;;
    load)
        if [ "$(sha256sum < "$file" | cut -d' ' -f1)" != "$(cut -d' ' -f1 "$file.sha256")" ]; then
            echo "$file is not what $file.sha256 says: carry both over again" >&2
            exit 1
        fi
        docker load --input "$file"
        sed -i 's/@sha256:[0-9a-f]\{64\}//' compose.yaml compose.cluster.yaml
        ;;
    *)
        echo "$1: save or load" >&2
        exit 2
        ;;
esac
