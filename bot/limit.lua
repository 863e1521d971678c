-- Takes one call out of every budget, or out of none, and returns in microseconds
-- how long it may not be made. The same as Local.Take.
--
-- For each budget: KEYS the list of calls of the last window and the list of when
-- those of this lane who were held back come again; ARGV its window in microseconds
-- and the share of this caller. Before them in ARGV: whether the caller comes back,
-- and whether its turn has come.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local returns, turn = ARGV[1] == '1', ARGV[2] == '1'

local function strike(list, from)
  local first = redis.call('LINDEX', list, 0)
  while first and tonumber(first) <= from do
    redis.call('LPOP', list)
    first = redis.call('LINDEX', list, 0)
  end
end

local function append(list, at, life)
  redis.call('RPUSH', list, string.format('%.0f', at))
  redis.call('PEXPIRE', list, math.ceil(life / 1000) + 1)
end

local wait, promised = 0, {}
for i = 1, #KEYS / 2 do
  local taken, line = KEYS[2 * i - 1], KEYS[2 * i]
  local window, share = tonumber(ARGV[2 * i + 1]), tonumber(ARGV[2 * i + 2])
  strike(taken, now - window)
  strike(line, now)
  local made, waiting = redis.call('LLEN', taken), redis.call('LLEN', line)
  if made >= share or (not turn and made + waiting >= share) then
    local at, back = now, made + waiting - share
    if back >= made then
      at = tonumber(redis.call('LINDEX', line, back - made)) + window
    elseif back >= 0 then
      at = tonumber(redis.call('LINDEX', taken, back)) + window
    end
    promised[line] = at
    wait = math.max(wait, at - now, 1)
  end
end
if wait == 0 then
  for i = 1, #KEYS / 2 do
    append(KEYS[2 * i - 1], now, tonumber(ARGV[2 * i + 1]))
  end
elseif returns then
  for line, at in pairs(promised) do
    append(line, at, math.max(at - now, 1))
  end
end
return string.format('%.0f', wait)
