-- For wrk: many titles read side by side, each from its begin to its end, no byte twice, by clients
-- that pause as a player does whose buffer is full. After "--":
--     TARGETS_FILE FILE_BYTES RANGE_BYTES PAUSE_MS
-- Each line of the file is the target of a title. In the end the reading begins anew.

function init(args)
    targets = {}
    for line in io.lines(args[1]) do
        targets[#targets + 1] = line
    end
    size, pause = tonumber(args[3]), tonumber(args[4])
    per_title = math.floor(tonumber(args[2]) / size)
    number = 0
end

function delay()
    return math.random(pause / 2, pause * 3 / 2)
end

function request()
    local target = targets[number % #targets + 1]
    local first = math.floor(number / #targets) % per_title * size
    number = number + 1
    return wrk.format("GET", target, { Range = string.format("bytes=%d-%d", first, first + size - 1) })
end

function done(summary)
    local e = summary.errors
    io.write(string.format('{"requests":%d,"bytes":%d,"errors":{"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d}}\n',
        summary.requests, summary.bytes, e.connect, e.read, e.write, e.status, e.timeout))
end
