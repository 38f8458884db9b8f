#!/bin/sh
# Runs a command with the variables of the file .env, if there is one: sh deploy/kernel/with_env.sh COMMAND...
# The file has lines of NAME=value. A variable that is set already keeps its value.
set -eu
[ -f .env ] || exec "$@"
while IFS= read -r line || [ -n "$line" ]; do
    name=${line%%=*}
    case $line in
        '' | '#'*) continue ;;
        [A-Za-z_]*=*) ;;
        *) name='not a name' ;;
    esac
    case $name in
        *[!A-Za-z0-9_]*)
            echo ".env: this line is not NAME=value: $line" >&2
            exit 1
            ;;
    esac
    printenv "$name" >/dev/null || export "$line"
done <.env
exec "$@"
