import numpy as np


def tree_forward(
    x, depth, x_frames, flag_frames, t_frames, frame_frames, t_frames_2, frame_frames_2
):
    flag = depth == 0
    if flag:
        if np.isinf(x):
            raise ValueError("math domain error")
        t_3 = np.sin(x)
        t = 0.0
        frame = 0
        t_2 = 0.0
        frame_2 = 0
    else:
        k = depth - 1
        t, frame = tree_forward(
            0.5 * x, k, x_frames, flag_frames, t_frames, frame_frames, t_frames_2, frame_frames_2
        )
        t_2, frame_2 = tree_forward(
            x + 1.0, k, x_frames, flag_frames, t_frames, frame_frames, t_frames_2, frame_frames_2
        )
        t_3 = t * t_2
    frame_3 = len(x_frames)
    x_frames.append(x)
    flag_frames.append(flag)
    t_frames.append(t)
    frame_frames.append(frame)
    t_frames_2.append(t_2)
    frame_frames_2.append(frame_2)
    return t_3, frame_3


def tree_reverse(
    frame, y_bar, x_frames, flag_frames, t_frames, frame_frames, t_frames_2, frame_frames_2
):
    x = x_frames[frame]
    t = t_frames[frame]
    frame_2 = frame_frames[frame]
    t_2 = t_frames_2[frame]
    frame_3 = frame_frames_2[frame]
    if flag_frames[frame]:
        x_bar = y_bar * np.cos(x)
    else:
        t = tree_reverse(
            frame_3, y_bar * t, x_frames, flag_frames, t_frames, frame_frames, t_frames_2, frame_frames_2
        )
        t_2 = tree_reverse(
            frame_2, y_bar * t_2, x_frames, flag_frames, t_frames, frame_frames, t_frames_2, frame_frames_2
        )
        x_bar = t + 0.5 * t_2
    return x_bar


def tree_vjp(x, depth):
    """The gradient of tree: f64."""
    frame_frames = []
    t_frames = []
    frame_frames_2 = []
    t_frames_2 = []
    flag_frames = []
    x_frames = []
    _, frame = tree_forward(
        x, depth, x_frames, flag_frames, t_frames_2, frame_frames_2, t_frames, frame_frames
    )
    return tree_reverse(
        frame, 1.0, x_frames, flag_frames, t_frames_2, frame_frames_2, t_frames, frame_frames
    )
