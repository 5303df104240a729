/**
 * Owns graph sessions over ONNX Runtime's C API: tensors bound where they lie, on the host or on a CUDA device, of every element type and size.
 *
 * <p>Does not choose between this and the Java interface, and loads no library itself on the host: it uses the one that the Java interface
 * loaded. Entry type: {@link dev.foretoken.onnxruntime.session.capi.CApiSessionFactory}. One thread per session.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.onnxruntime.session.capi;
