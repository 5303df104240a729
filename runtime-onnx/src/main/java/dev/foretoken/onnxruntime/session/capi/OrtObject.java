package dev.foretoken.onnxruntime.session.capi;

/** Something that ONNX Runtime made for us and waits for us to release. */
final class OrtObject implements AutoCloseable {

    private final long address;
    private final Runnable release;
    private boolean released;

    OrtObject(long address, Runnable release) {
        this.address = address;
        this.release = release;
    }

    long address() {
        if (released) {
            throw new IllegalStateException("it is closed");
        }
        return address;
    }

    @Override
    public void close() {
        if (!released) {
            released = true;
            release.run();
        }
    }
}
