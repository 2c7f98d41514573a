import { describe, expect, it } from "vitest";
import { hostProblem, parseEndpoints, parsePort, showEndpoint } from "./endpoints";

describe("a list of servers", () => {
  it("takes commas, spaces and new lines between entries", () => {
    const parsed = parseEndpoints("kafka-1.example:9093, kafka-2.example:9094\n10.0.0.3:9092 ,");
    expect(parsed).toEqual({
      ok: true,
      endpoints: [
        { host: "kafka-1.example", port: 9093 },
        { host: "kafka-2.example", port: 9094 },
        { host: "10.0.0.3", port: 9092 },
      ],
    });
  });

  it("takes IPv6 in brackets and shows it so again", () => {
    const parsed = parseEndpoints("[2001:db8::1]:9093");
    expect(parsed).toEqual({ ok: true, endpoints: [{ host: "2001:db8::1", port: 9093 }] });
    expect(showEndpoint({ host: "2001:db8::1", port: 9093 })).toBe("[2001:db8::1]:9093");
  });

  it.each([
    ["", "empty", ""],
    [" , ", "empty", ""],
    ["a:9092, kafka.example", "missing_port", "kafka.example"],
    ["kafka.example:", "missing_port", "kafka.example:"],
    ["kafka.example:0", "port", "kafka.example:0"],
    ["kafka.example:65536", "port", "kafka.example:65536"],
    ["kafka.example:90x3", "port", "kafka.example:90x3"],
    ["kafka.example:-1", "port", "kafka.example:-1"],
    [":9092", "missing_host", ":9092"],
    ["http://kafka.example:9092", "scheme", "http://kafka.example:9092"],
    ["SASL_SSL://k:9092", "scheme", "SASL_SSL://k:9092"],
    ["2001:db8::1:9093", "brackets", "2001:db8::1:9093"],
    ["[2001:db8::1:9093", "brackets", "[2001:db8::1:9093"],
    ["[nonsense]:9093", "brackets", "[nonsense]:9093"],
    ["ka\u0000fka:9092", "host", "ka\u0000fka:9092"],
    ["user@kafka:9092", "host", "user@kafka:9092"],
    ["a:1, A:1", "duplicate", "A:1"],
  ])("names the entry that cannot be right: %j", (text, problem, entry) => {
    expect(parseEndpoints(text)).toEqual({ ok: false, problem, entry });
  });
});

describe("a single host and port", () => {
  it("accepts names, addresses and international names", () => {
    expect(hostProblem("rabbit.example")).toBeNull();
    expect(hostProblem("localhost")).toBeNull();
    expect(hostProblem("::1")).toBeNull();
    expect(hostProblem("fe80::1%eth0")).toBeNull();
    expect(hostProblem("münchen.example")).toBeNull();
  });

  it("refuses an address that carries a port or a scheme", () => {
    expect(hostProblem("rabbit.example:5671")).toBe("host");
    expect(hostProblem("amqps://rabbit.example")).toBe("scheme");
    expect(hostProblem("")).toBe("missing_host");
    expect(hostProblem("a b")).toBe("host");
  });

  it("knows the range of ports", () => {
    expect(parsePort("5671")).toBe(5671);
    expect(parsePort("65535")).toBe(65535);
    for (const wrong of ["", "0", "65536", "5671a", " 5671", "5.6", "٥"]) {
      expect(parsePort(wrong)).toBeNull();
    }
  });
});
