"""Words that say nothing of what a text is about, in Chinese and in the English of short messages."""

_ENGLISH = """
just did does doing don't didn't dont didnt im i'm i've ive isn't wasn't can't cant won't wont it's its u ur amp via got
gets going still even one really like know want need make let lol oh yes ok please thanks thank hi hello i'll that's
you're we're there's what's thx pls
"""
_CHINESE = """
的 了 是 我 不 在 很 也 就 都 有 和 还 没 这 那 你 他 她 它 一 个 上 下 用 着 到 说 要 去 会 能 可以 没有 什么 这个 那个
就是 但是 因为 所以 如果 一个 自己 我们 他们 你们 还是 比较 非常 真的 感觉 不是 东西 而且 这样 那么 怎么 只是 不过 已经
知道 时候 现在 然后 或者 虽然 一下 一点 有点 不会 不能 觉得 其实 为了 以后 之后 这么 那样 应该 可能
"""
STOP_WORDS = frozenset(_ENGLISH.split()) | frozenset(_CHINESE.split())
