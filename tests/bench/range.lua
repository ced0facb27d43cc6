-- For wrk: GET of one path, every request another random range of one size. After "--":
--     PATH FILE_BYTES RANGE_BYTES WARM_S WINDOW_S
-- Counts the requests of a window that begins WARM_S after the start, when all connections are up,
-- and prints them in the end as a line of JSON.

local ffi = require("ffi")
ffi.cdef [[
    typedef struct { long s; long ns; } moment_t;
    int clock_gettime(int clock, moment_t *now);
]]

local moment = ffi.new("moment_t")
local threads = {}

local function now_s()
    ffi.C.clock_gettime(1, moment)
    return tonumber(moment.s) + tonumber(moment.ns) / 1e9
end

function setup(thread)
    threads[#threads + 1] = thread
end

function init(args)
    path, size, span = args[1], tonumber(args[3]), tonumber(args[2]) - tonumber(args[3])
    math.randomseed(now_s() * 1e6 % 2 ^ 31)
    local start_s = now_s()
    begin_s = start_s + tonumber(args[4])
    end_s = begin_s + tonumber(args[5])
    count = 0
end

function request()
    local t = now_s()
    if t < end_s then
        count = count + 1
        last_s = t
        if t < begin_s or first_s == nil then
            first_s, first_count = t, count
        end
    end
    local first = math.random(0, span)
    return wrk.format("GET", path, { Range = string.format("bytes=%d-%d", first, first + size - 1) })
end

function done(summary)
    local per_s = 0
    for _, thread in ipairs(threads) do
        local window_s = thread:get("last_s") - thread:get("first_s")
        if window_s > 0 then
            per_s = per_s + (thread:get("count") - thread:get("first_count")) / window_s
        end
    end
    local e = summary.errors
    io.write(string.format('{"requestsPerS":%f,"requests":%d,"errors":{"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d}}\n',
        per_s, summary.requests, e.connect, e.read, e.write, e.status, e.timeout))
end
