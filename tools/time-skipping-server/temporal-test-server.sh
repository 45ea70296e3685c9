#!/bin/sh
# Temporal's test server, which skips over long waits. Lies beside lib/, the jars; the first argument is the port.
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
exec java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx512m -cp "$here/lib/*" io.temporal.testserver.TestServer "$@"
