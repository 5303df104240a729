package dev.foretoken.registry.ingest.onnx;

/** Something in a file that cannot be; the message is a clause. */
final class DamagedTensor extends RuntimeException {

    DamagedTensor(String what) {
        super(what);
    }
}
