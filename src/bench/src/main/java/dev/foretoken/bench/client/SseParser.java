package dev.foretoken.bench.client;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Splits a byte stream into the data of its server-sent events (WHATWG HTML, 9.2.6): lines end in LF, CR or CRLF, an
 * empty line ends an event, several data lines are joined by LF, comments and other fields are skipped. Pieces may be
 * cut anywhere, also inside a character or a CRLF.
 */
final class SseParser {
    private static final byte[] DATA = {'d', 'a', 't', 'a'};

    private final Consumer<byte[]> onData;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();
    private boolean hasData;
    private boolean afterCarriageReturn;

    /** @param onData receives the UTF-8 data of each event, without its last newline */
    SseParser(Consumer<byte[]> onData) {
        this.onData = onData;
    }

    void accept(ByteBuffer piece) {
        while (piece.hasRemaining()) {
            byte b = piece.get();
            boolean secondOfPair = b == '\n' && afterCarriageReturn;
            afterCarriageReturn = b == '\r';
            if (b == '\n' || b == '\r') {
                if (!secondOfPair) {
                    endLine();
                }
            } else {
                line.write(b);
            }
        }
    }

    private void endLine() {
        byte[] bytes = line.toByteArray();
        line.reset();
        if (bytes.length == 0) {
            endEvent();
        } else if (isData(bytes)) {
            int start = DATA.length + 1;
            if (start < bytes.length && bytes[start] == ' ') {
                start++;
            }
            if (hasData) {
                data.write('\n');
            }
            hasData = true;
            if (start < bytes.length) {
                data.write(bytes, start, bytes.length - start);
            }
        }
    }

    private void endEvent() {
        if (hasData) {
            byte[] event = data.toByteArray();
            data.reset();
            hasData = false;
            onData.accept(event);
        }
    }

    private static boolean isData(byte[] line) {
        if (line.length < DATA.length || (line.length > DATA.length && line[DATA.length] != ':')) {
            return false;
        }
        for (int i = 0; i < DATA.length; i++) {
            if (line[i] != DATA[i]) {
                return false;
            }
        }
        return true;
    }
}
